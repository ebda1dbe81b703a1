/**
 * The name of the tracer and of the meter.
 *
 * @internal
 */
export const SCOPE = 'nestjs-base44-connectors';
