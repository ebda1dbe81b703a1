/** A file that the schematic leaves to the user. The message completes "was not changed because". */
export class UneditableFileError extends Error {}
