import type { Outcome } from './outcome.js';
import { captureNestLogger } from './nest-logger.capture.js';
import { captureConsole, captureStreams } from './output.capture.js';
import { toText } from './to-text.js';

/** A text that left the application. */
export interface RecordedText {
  readonly place: string;
  readonly text: string;
}

/** Records the output of the process during some work. */
export class Recorder {
  readonly texts: RecordedText[] = [];

  readonly #record = (place: string, text: string): void => {
    this.texts.push({ place, text });
  };

  async during(work: () => Promise<void>): Promise<void> {
    const restores = [
      captureStreams(this.#record),
      captureConsole(this.#record),
      captureNestLogger((place, args) => {
        for (const arg of args) this.#record(place, toText(arg));
      }),
    ];
    try {
      await work();
    } finally {
      for (const restore of restores.reverse()) restore();
    }
  }

  addOutcome(request: string, { texts }: Outcome): void {
    for (const [part, text] of texts) {
      this.#record(`the response to ${request}, ${part}`, text);
    }
  }

  addItems(name: string, items: readonly unknown[]): void {
    for (const [index, item] of items.entries()) {
      const { name: title } = Object(item) as { name?: unknown };
      const label = typeof title === 'string' ? ` '${title}'` : ` ${index + 1}`;
      this.#record(`${name}${label}`, toText(item));
    }
  }
}
