/** The parts of a failed check. */
export interface Finding {
  readonly expected: string;
  readonly happened: string;
  /** The place that the developer should look at. */
  readonly look: string;
}

/** Thrown by a check that the application does not pass. The summary completes "The application …". */
export class SurvivalError extends Error {
  override readonly name = 'SurvivalError';

  constructor(summary: string, { expected, happened, look }: Finding) {
    super(
      [
        `The application ${summary}.`,
        `  Expected: ${expected}`,
        `  Happened: ${happened}`,
        `  Look at:  ${look}`,
      ].join('\n'),
    );
  }
}
