import type { ExistingProvider, InjectionToken, Provider } from '@nestjs/common';
import { ServiceRoleClient } from './base44/service-role.client.js';
import { ConnectorsService } from './connectors.service.js';
import { ConnectorsHealthIndicator } from './health/connectors.health.js';

/** A copy of the package in this process, with its classes that are injection tokens. */
interface PackageCopy {
  readonly format: 'ES modules' | 'CommonJS';
  readonly ConnectorsService: typeof ConnectorsService;
  readonly ConnectorsHealthIndicator: typeof ConnectorsHealthIndicator;
  readonly ServiceRoleClient: typeof ServiceRoleClient;
}

const COPIES = Symbol.for('nestjs-base44-connectors.copies');

const own: PackageCopy = {
  format: typeof module === 'object' && typeof require === 'function' ? 'CommonJS' : 'ES modules',
  ConnectorsService,
  ConnectorsHealthIndicator,
  ServiceRoleClient,
};

const registry = globalThis as unknown as Record<symbol, PackageCopy[] | undefined>;
const copies = (registry[COPIES] ??= []);
copies.push(own);

/**
 * Marks `ConnectorsModule`, in all copies of the package.
 *
 * @internal
 */
export const CONNECTORS_MODULE = Symbol.for('nestjs-base44-connectors.module');

/**
 * Creates providers under the injection tokens of the other copies, so that their decorators and
 * classes find the providers of this copy.
 *
 * @internal
 */
export function createAliases(): ExistingProvider[] {
  return copies
    .filter((copy) => copy !== own)
    .flatMap((copy) => [
      { provide: copy.ConnectorsService, useExisting: ConnectorsService },
      { provide: copy.ConnectorsHealthIndicator, useExisting: ConnectorsHealthIndicator },
      { provide: copy.ServiceRoleClient, useExisting: ServiceRoleClient },
    ])
    .filter(({ provide }) => isProvided(provide));
}

/** A copy of another version may lack a class. */
function isProvided(token: InjectionToken | undefined): boolean {
  return token !== undefined;
}

/**
 * Moves a provider of another copy's `ServiceRoleClient` to the token of this copy.
 *
 * @internal
 */
export function toOwnProvider(provider: Provider): Provider {
  return 'provide' in provider && isServiceRoleClient(provider.provide)
    ? { ...provider, provide: ServiceRoleClient }
    : provider;
}

/** @internal */
export function isServiceRoleClient(token: unknown): boolean {
  return copies.some((copy) => copy.ServiceRoleClient === token);
}

/**
 * Returns a sentence about the copies of the package in this process, with a space before it. Returns
 * an empty string for one copy.
 *
 * @internal
 */
export function describeCopies(): string {
  if (copies.length === 1) return '';
  const formats = copies.map(({ format }) => format).join(', ');
  return (
    ` This process has ${copies.length} copies of nestjs-base44-connectors (${formats}). ` +
    'Load it only with import or only with require, and install one version of it.'
  );
}
