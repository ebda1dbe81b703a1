/** The id that the Base44 workspace gave its connector: here every id is good. */
export const CALENDAR = '66f0c2a41d';
