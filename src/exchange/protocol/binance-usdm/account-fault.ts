import type { ForcedCause } from '../../../domain/event.ts'

/** What happens to the account by no request of its owner, as soon as it is asked for. */
export type AccountFault =
  /** The listen key ends; the stream says so once and then nothing more. */
  | { readonly kind: 'expire_listen_key' }
  /** Somebody switches the account's position mode by hand. */
  | { readonly kind: 'hedge_mode'; readonly on: boolean }
  /** Open orders whose client id begins so are cancelled, and no stream tells it. */
  | { readonly kind: 'cancel_silently'; readonly client_id: string }
  /** The position is closed by force at the mark price. */
  | { readonly kind: 'force_close'; readonly symbol: string; readonly cause: Exclude<ForcedCause, 'settlement'> }

const KINDS: ReadonlySet<string> = new Set<AccountFault['kind']>([
  'expire_listen_key',
  'hedge_mode',
  'cancel_silently',
  'force_close',
])

export const isAccountFault = (fault: { readonly kind: string }): fault is AccountFault => KINDS.has(fault.kind)
