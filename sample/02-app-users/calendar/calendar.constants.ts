/** The id of the connector in the Base44 workspace. The emulator accepts every id. */
export const CALENDAR = '66f0c2a41d';
