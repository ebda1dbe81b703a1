import { type Answer, type Call, StandIn } from './stand-in.js';
import type { Tokens } from './tokens.js';
import type { Trace } from './trace.js';

/** Redirects: from a repository's old name at the same origin, and to another one for archives. */
export class GitHub extends StandIn {
  constructor(
    tokens: Tokens,
    trace: Trace,
    private readonly codeload: StandIn,
  ) {
    super('GitHub', tokens, trace);
  }

  protected override answer({ path, token }: Call): Answer {
    if (token === 'no token') return { status: 401 };
    switch (path) {
      case '/repos/acme/old-name':
        return { status: 301, headers: { Location: `${this.origin}/repositories/42` } };
      case '/repositories/42':
        return { status: 200, body: { full_name: 'acme/website' } };
      case '/repos/acme/website/tarball': {
        const archive = `${this.codeload.origin}/acme/website/legacy.tar.gz/refs/heads/main`;
        return { status: 302, headers: { Location: archive } };
      }
      default:
        return { status: 404 };
    }
  }
}
