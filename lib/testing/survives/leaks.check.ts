import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '../emulator/faults/response.faults.js';
import type { Application } from './application.js';
import { Recorder, type RecordedText } from './recorder.js';
import { type MarkedToken, TokenFinder } from './token-finder.js';

/** The time for output that an application writes after its response. */
const TRAILING_OUTPUT_MS = 50;
const MAX_PLACES = 10;
const EXCERPT_LENGTH = 80;

/** The random end of a service token or a session token of the emulator. Its start is not secret. */
const RANDOM_PART = /(?<=^emulated-service-token-|\.)[\w-]{32,}$/;

/** Connects marked tokens, sends requests, and searches all output for the tokens. */
export async function checkLeaks(app: Application): Promise<void> {
  const recorder = new Recorder();
  await recorder.during(async () => {
    await sendRequests(app, recorder);
    await sleep(TRAILING_OUTPUT_MS);
    for (const [name, read] of Object.entries(app.options.also ?? {})) {
      recorder.addItems(name, await read());
    }
  });
  const leaks = findLeaks(recorder.texts, new TokenFinder(getMarkedTokens(app)));
  if (leaks.length === 0) return;
  throw app.failed(
    'no part of a token in logs, responses and spans',
    `a token, or a part of it, in\n${leaks.slice(0, MAX_PLACES).join('\n')}`,
    'the code that produces this output. Log the connector or the `code` of an error instead of the token, and do not log requests with their headers.',
  );
}

async function sendRequests(app: Application, recorder: Recorder): Promise<void> {
  const { token, outcome } = await app.warmUp();
  recorder.addOutcome('a request that succeeds', outcome);
  if (app.options.provider) {
    await app.options.provider.revoke(token);
    recorder.addOutcome('a request with a revoked token', await app.request());
  }
  const next = app.connectNewToken();
  for (const code of [500, 200]) {
    app.breakBase44(status(code, { body: { detail: next } }));
    await app.invalidate();
    recorder.addOutcome(
      `a request while Base44 responds with an unusable ${code}`,
      await app.request(),
    );
  }
  await app.recover();
}

function getMarkedTokens(app: Application): MarkedToken[] {
  const { base44, user } = app.options;
  const others = { 'service token': base44.serviceToken, 'session token': user?.token ?? '' };
  return [
    ...app.tokens.map((value) => ({ label: 'access token', value })),
    ...Object.entries(others).map(([label, value]) => ({
      label,
      value: RANDOM_PART.exec(value)?.[0] ?? '',
    })),
  ];
}

/** Describes each place once, because several requests may produce the same line. */
function findLeaks(texts: readonly RecordedText[], finder: TokenFinder): string[] {
  const leaks = new Set<string>();
  for (const { place, text } of texts) {
    const redacted = finder.redact(text);
    if (redacted !== undefined) leaks.add(`    ${place}: ${toExcerpt(redacted.trim())}`);
  }
  return [...leaks];
}

function toExcerpt(redacted: string): string {
  const at = redacted.search(/\[(?:access|service|session) token\]/);
  const start = Math.max(0, at - EXCERPT_LENGTH);
  const excerpt = redacted.slice(start, at + EXCERPT_LENGTH).replaceAll(/\s+/g, ' ');
  return `${start > 0 ? '…' : ''}${excerpt}${at + EXCERPT_LENGTH < redacted.length ? '…' : ''}`;
}
