export {
  type AccountHost,
  type ConnectorDescription,
  type ErrorCodes,
  type ScopeRejection,
  type TokenRejection,
  CONNECTORS,
} from './connectors.catalogue.js';
export { ServiceRoleClient, type InitiatedConnection } from './base44/service-role.client.js';
export {
  getConnectorClientToken,
  getConnectorHttpToken,
  getConnectorsToken,
} from './connectors.tokens.js';
export {
  createRedisLease,
  type IORedisClient,
  type NodeRedisClient,
} from './connections/shared/redis.lease.js';
export { CONNECTORS_MODULE_OPTIONS } from './connectors.module-definition.js';
export { ConnectorsModule } from './connectors.module.js';
export { ConnectorsService } from './connectors.service.js';
export { ConnectorClient } from './decorators/connector-client.decorator.js';
export { ConnectorConnection } from './decorators/connector-connection.decorator.js';
export { ConnectorFetch } from './decorators/connector-fetch.decorator.js';
export { ConnectorHttp } from './decorators/connector-http.decorator.js';
export { ConnectorToken } from './decorators/connector-token.decorator.js';
export { InjectConnectorClient } from './decorators/inject-connector-client.decorator.js';
export { OnConnectorEvent } from './decorators/on-connector-event.decorator.js';
export { InjectConnectorHttp } from './decorators/inject-connector-http.decorator.js';
export { InjectConnectors } from './decorators/inject-connectors.decorator.js';
export {
  Base44RateLimitedError,
  Base44UnavailableError,
  CreditsExhaustedError,
  UnexpectedResponseError,
} from './errors/base44.errors.js';
export {
  AppUserConflictError,
  type AppUserConflictCode,
} from './errors/app-user-conflict.error.js';
export { BrokerError, type BrokerErrorCode } from './errors/broker.errors.js';
export {
  AppUserRequiredError,
  ConnectorMeteredError,
  ConnectorNotConnectedError,
  ConnectorReauthorizationRequiredError,
  InvalidConnectorError,
} from './errors/connection.errors.js';
export {
  ConnectorScopeMissingError,
  type MissingScopeDetails,
} from './errors/connector-scope-missing.error.js';
export {
  InvalidRequestError,
  OriginNotAllowedError,
  UntrustedRequestError,
} from './errors/request.errors.js';
export { ConnectorsConfigurationError } from './errors/connectors-configuration.error.js';
export {
  ConnectorsError,
  type ConnectorsErrorDetails,
  type ConnectorsErrorExtensions,
  isConnectorsError,
} from './errors/connectors.error.js';
export type { ConnectorsErrorCode } from './errors/error-code.js';
export { findConnectorsError } from './errors/find-connectors-error.js';
export type { ErrorContext } from './errors/error-context.interface.js';
export {
  ServiceRoleRejectedError,
  ServiceRoleRequiredError,
} from './errors/service-role.errors.js';
export { ConnectorsExceptionFilter } from './filters/connectors-exception.filter.js';
export type { ConnectorsErrorBody } from './filters/error-body.js';
export { getHttpStatus } from './errors/error-code.js';
export { documentConnectors } from './openapi/document-connectors.js';
export { connectorsOptionsFromEnv } from './options/environment.js';
export type { AppUserRoutes } from './interfaces/app-user-routes.interface.js';
export type { Base44Client, ServiceRoleConnectors } from './interfaces/base44-client.interface.js';
export type {
  CacheOptions,
  ConnectorsLease,
  ConnectorsStore,
} from './interfaces/cache-options.interface.js';
export type {
  CallApiOptions,
  ConnectorApiMethod,
  ConnectorApiPhase,
  ConnectorApiRequest,
  ConnectorApiResponse,
} from './interfaces/connector-api.interface.js';
export type {
  ConnectorAccessTokenResponse,
  // Declarations that TypeScript infers need a name for it: an alias and a decorator share the other name.
  ConnectorConnection as Connection,
  FetchedConnection,
  GetConnectionOptions,
} from './interfaces/connector-connection.interface.js';
export type {
  ClientConnectors,
  ClientIdentity,
  ConnectorClientFactory,
} from './interfaces/connector-client.interface.js';
export type {
  ConnectorEvent,
  ConnectorEventType,
  ConnectorState,
} from './interfaces/connector-event.interface.js';
export type { ConnectorStatus, StatusOptions } from './interfaces/connector-status.interface.js';
export type {
  CallMessage,
  CallStartMessage,
  ConnectorErrorType,
  ConnectorMessage,
  LookupMessage,
  LookupResult,
  RequestMessage,
  RequestStartMessage,
} from './interfaces/telemetry.interface.js';
export type {
  ConnectorFeature,
  ConnectorFetchInit,
  ProviderAddress,
} from './interfaces/connector-feature.interface.js';
export type { ConnectorFetchOptions } from './interfaces/connector-fetch-options.interface.js';
export type { ConnectorParameterOptions } from './interfaces/connector-parameter-options.interface.js';
export type { ConnectorRequirement } from './interfaces/connector-requirement.interface.js';
export * from './interfaces/connector.interface.js';
export type {
  ConnectorsModuleAsyncOptions,
  ConnectorsModuleExtras,
  OnlyKnownOptions,
} from './interfaces/connectors-module-extras.interface.js';
export type {
  BrokerOptions,
  ConnectorsModuleOptions,
  ConnectorsOptionsFactory,
  ServiceToken,
  VerifyOnBootstrap,
} from './interfaces/connectors-module-options.interface.js';
export type { ConnectorsExceptionFilterOptions } from './interfaces/exception-filter-options.interface.js';
export type { Identity, SealedToken } from './interfaces/identity.interface.js';
export type {
  IncomingRequest,
  MicroserviceMessage,
  RequestOptions,
} from './interfaces/incoming-request.interface.js';
export type { RunAsIdentity } from './interfaces/run-as-identity.interface.js';
export type {
  BreakerOptions,
  ResilienceOptions,
} from './interfaces/resilience-options.interface.js';
