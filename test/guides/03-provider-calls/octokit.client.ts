// octokit.client.ts
import { Octokit } from '@octokit/core';

export function createOctokit(fetch: typeof globalThis.fetch) {
  return new Octokit({ request: { fetch } });
}
