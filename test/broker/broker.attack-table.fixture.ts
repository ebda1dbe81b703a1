import type { Platform } from './broker.fixture.js';

type Statuses = Set<number | 'cut'>;

/** Collects the status of the response to each attack on each platform. */
export class AttackTable {
  readonly #platforms = new Set<string>();
  readonly #rows = new Map<string, Map<string, Statuses>>();

  /** Adds a status to the row of the current test. */
  add({ runtime, shape }: Platform, status: number | 'cut'): void {
    const platform = `${runtime} ${shape}`;
    this.#platforms.add(platform);
    const attack = (expect.getState().currentTestName ?? '').replace(/^.*?\(.+?\) /, '');
    const row = this.#rows.get(attack) ?? new Map<string, Statuses>();
    this.#rows.set(attack, row.set(platform, (row.get(platform) ?? new Set()).add(status)));
  }

  print(): void {
    const platforms = [...this.#platforms];
    const lines = [...this.#rows].map(([attack, row]) => {
      const cells = platforms.map((platform) => [...(row.get(platform) ?? [])].join(' or '));
      return [attack, ...cells];
    });
    for (const cells of [['attack', ...platforms], ...lines]) {
      process.stdout.write(`table | ${cells.join(' | ')}\n`);
    }
  }
}
