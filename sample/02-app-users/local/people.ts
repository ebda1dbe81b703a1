export interface Person {
  readonly id: string;
  readonly name: string;
  /** What stands in their Google Calendar: from, to, what. */
  readonly events: readonly (readonly [from: string, to: string, summary: string])[];
}

/** Who can sign in. */
export const people: readonly Person[] = [
  {
    id: 'ada',
    name: 'Ada Lovelace',
    events: [
      ['09:30', '10:00', 'Notes on the <Analytical Engine>'],
      ['12:00', '13:00', 'Lunch with Charles & Mary'],
      ['16:15', '17:00', 'Bernoulli numbers, by machine'],
    ],
  },
  {
    id: 'grace',
    name: 'Grace Hopper',
    events: [
      ['08:00', '08:15', 'Remove the moth from relay 70'],
      ['14:00', '15:30', 'Compilers: "nobody believes it"'],
    ],
  },
];
