import { createParamDecorator, Injectable, type PipeTransform } from '@nestjs/common';

/** The minimal cost of a parameter with a class pipe. */
@Injectable()
class NoOpPipe implements PipeTransform {
  transform(value: unknown): unknown {
    return value;
  }
}

/** The minimal cost of a pipe that returns a promise. */
@Injectable()
class PromisePipe implements PipeTransform {
  readonly #resolved = Promise.resolve('token');

  transform(): Promise<string> {
    return this.#resolved;
  }
}

const constant = createParamDecorator(() => 'token');

export const NoOp = (): ParameterDecorator => constant(NoOpPipe);

export const Resolved = (): ParameterDecorator => constant(PromisePipe);
