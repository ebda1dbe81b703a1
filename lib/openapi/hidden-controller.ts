import 'reflect-metadata';

/** The metadata key of `@ApiExcludeController()` in @nestjs/swagger. */
const API_EXCLUDE_CONTROLLER = 'swagger/apiExcludeController';

/**
 * Leaves a controller out of documents of @nestjs/swagger, because its routes are no API of the application.
 *
 * @internal
 */
export function hideFromDocuments(controller: object): void {
  Reflect.defineMetadata(API_EXCLUDE_CONTROLLER, [true], controller);
}
