import { findDescription } from '../../errors/connector-names.js';

/** Returns the name of a provider in the catalogue, or the integration type if it is unknown. */
export function getProviderName(integrationType: string): string {
  return findDescription(integrationType)?.name ?? integrationType;
}
