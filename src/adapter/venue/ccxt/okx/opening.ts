import type { Opening } from '../opening.ts'
import type { Contract } from './contract.ts'
import { readListings } from './contract.ts'
import { LIMITER_RULES, tooOften } from './cost.ts'
import { createOkxDialect, venueCodeOf } from './dialect.ts'
import { createOkxPanic } from './panic.ts'

/** One for each account that is opened: it remembers how many base units are in a contract. */
export function createOkxOpening(): Opening {
  const contracts: Contract[] = []
  return {
    limiter: LIMITER_RULES,
    weightBucket: 0,
    venueCodeOf,
    tooOften,
    // 50101: a key of the other environment; 50105: passphrase; 50110: this address is not among those allowed
    codes: { key: ['50101', '50105', '50110', '50111', '50119'], secret: ['50113'], clock: ['50102', '50112'] },
    listings: (wire) =>
      readListings(wire, (contract) => {
        // The first is the one whose instrument everybody knows; what is read again is compared with it.
        if (!contracts.some(({ instId }) => instId === contract.instId)) contracts.push(contract)
      }),
    dialect: (context) => createOkxDialect(context, contracts),
    panic: createOkxPanic,
  }
}
