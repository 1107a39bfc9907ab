import { refuse, type VenueRefusal } from './refusal.ts'

/** What an API key may do, as the venue says; `null` where it does not tell. */
export interface KeyRights {
  /** May place orders of perpetuals. */
  readonly trade: boolean | null
  /** May take money out of the exchange. */
  readonly withdraw: boolean
  /** May move money to other accounts of the exchange. */
  readonly transfer: boolean | null
  /** Works from listed addresses alone. */
  readonly restricted: boolean
}

export interface KeyPolicy {
  /** Real money. */
  readonly live: boolean
  /** The operator vouches for a live key that works from anywhere. */
  readonly anyAddress: boolean
}

/**
 * Whether a key's rights fit a bot: it must trade, and must be able to do no more. `null`: they do. What is play money may
 * be moved about and be reached from anywhere.
 * @param rights `null`: the venue has nothing to say about keys here
 */
export function keyRefusal(rights: KeyRights | null, { live, anyAddress }: KeyPolicy): VenueRefusal | null {
  if (rights === null)
    return live
      ? refuse('KEY_RIGHTS', 'the exchange does not say what this API key may do, and real money needs to know')
      : null
  if (rights.withdraw)
    return refuse('KEY_RIGHTS', 'this API key may withdraw money; make one that may trade futures and nothing else')
  if (rights.trade === false)
    return refuse('KEY_RIGHTS', 'this API key may not trade futures; give it that right, or make another one')
  if (!live) return null
  if (rights.transfer === true)
    return refuse('KEY_RIGHTS', 'this API key may transfer money to other accounts; take that right away')
  if (!rights.restricted && !anyAddress)
    return refuse(
      'KEY_RIGHTS',
      'this API key works from every address; restrict it to the one of this machine, or set live.any_address: true',
    )
  return null
}
