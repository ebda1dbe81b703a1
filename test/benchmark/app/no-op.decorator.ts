import { createParamDecorator, Injectable, type PipeTransform } from '@nestjs/common';

/** The least that a parameter with a class pipe can cost. */
@Injectable()
class NoOpPipe implements PipeTransform {
  transform(value: unknown): unknown {
    return value;
  }
}

const constant = createParamDecorator(() => 'token');

export const NoOp = (): ParameterDecorator => constant(NoOpPipe);
