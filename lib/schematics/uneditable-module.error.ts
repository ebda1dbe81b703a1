/** A module that the schematic leaves to the user. The message completes "was not changed, because". */
export class UneditableModuleError extends Error {}
