import { type Answer, type Call, StandIn } from './stand-in.js';

const ANSWERS: Readonly<Record<string, object>> = {
  '/api/conversations.list': { ok: true, channels: [{ name: 'general' }, { name: 'releases' }] },
  '/api/chat.postMessage': { ok: true },
};

/** Limits each of its methods: the first call of one comes too early. */
export class Slack extends StandIn {
  readonly #called = new Set<string>();

  override reset(): void {
    this.#called.clear();
  }

  protected override answer({ path, token }: Call): Answer {
    const body = ANSWERS[path];
    if (body === undefined) return { status: 404 };
    if (token === 'no token') return { status: 401 };
    if (this.#called.has(path)) return { status: 200, body };
    this.#called.add(path);
    return { status: 429, headers: { 'Retry-After': '1' }, body: { ok: false } };
  }
}
