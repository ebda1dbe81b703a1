import { createParamDecorator, Injectable, type PipeTransform } from '@nestjs/common';

/** The minimal cost of a parameter with a class pipe. */
@Injectable()
class NoOpPipe implements PipeTransform {
  transform(value: unknown): unknown {
    return value;
  }
}

const constant = createParamDecorator(() => 'token');

export const NoOp = (): ParameterDecorator => constant(NoOpPipe);
