import {
  Observable,
  type Observer,
  type OperatorFunction,
  Subscriber,
  type Subscription,
} from 'rxjs';

type Next<T> = (value: T) => unknown;

/**
 * An observable whose listeners may fail. RxJS reports the error of a listener as an uncaught exception,
 * which ends the process. This observable, and those that `pipe` derives from it, report it instead.
 *
 * @internal
 */
export class GuardedObservable<T> extends Observable<T> {
  readonly #report: (error: unknown) => void;

  constructor(events: Observable<T>, report: (error: unknown) => void) {
    super((subscriber) => events.subscribe(subscriber));
    this.#report = report;
  }

  override pipe(...operators: OperatorFunction<never, never>[]): Observable<never> {
    const piped = operators.reduce<Observable<never>>(
      (events, operator) => operator(events),
      this as Observable<unknown> as Observable<never>,
    );
    return new GuardedObservable(piped, this.#report);
  }

  override subscribe(
    observerOrNext?: Partial<Observer<T>> | Next<T> | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    // An operator guards itself.
    if (observerOrNext instanceof Subscriber) return super.subscribe(observerOrNext);
    const observer =
      typeof observerOrNext === 'object' && observerOrNext !== null
        ? observerOrNext
        : { next: observerOrNext, error, complete };
    return super.subscribe({
      next: (value) => {
        this.#guard(() => observer.next?.(value));
      },
      error: (failure: unknown) => {
        this.#guard(() => {
          if (observer.error) observer.error(failure);
          else this.#report(failure);
        });
      },
      complete: () => {
        this.#guard(() => {
          observer.complete?.();
        });
      },
    });
  }

  /** Runs a listener, which may return a promise. */
  #guard(listener: () => unknown): void {
    void runGuarded(listener, this.#report);
  }
}

async function runGuarded(
  listener: () => unknown,
  report: (error: unknown) => void,
): Promise<void> {
  try {
    await listener();
  } catch (error) {
    report(error);
  }
}
