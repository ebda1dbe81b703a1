import type { LocalWorld } from '../local/local-world.js';
import type { Step } from '../local/trace.js';

/** What happens to one request to the application. */
export interface Scene {
  readonly title: string;
  readonly about: string;
  readonly request: { readonly method: 'GET' | 'POST'; readonly path: string };
  /** What the application does then. */
  readonly code: string;
  /** What has changed in the world by then. */
  readonly before?: () => void;
}

/** The scenes of one provider, each of which begins where the one before has ended. */
export interface Script {
  /** As in its URL. */
  readonly name: string;
  readonly provider: string;
  readonly about: string;
  /** What the module makes of that. */
  readonly lesson: string;
  readonly scenes: (world: LocalWorld) => readonly Scene[];
}

/** A scene that has been played. */
export interface Story extends Omit<Scene, 'before'> {
  readonly steps: readonly Step[];
  /** What the application answered. */
  readonly answer: { readonly status: number; readonly body: unknown };
  readonly tookMs: number;
}
