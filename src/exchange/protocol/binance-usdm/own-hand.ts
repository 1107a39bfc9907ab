import type { ClientOrderId } from '../../../domain/order.ts'
import { epochMs } from '../../../domain/unit.ts'
import { createWaitingFaults, type AccountFault, type AccountHappening } from './account-fault.ts'
import type { Account } from './account.ts'
import { isOpenAlgo, isOpenRegular, type OrderRecord } from './order-record.ts'

/** What the exchange does to an account of its own accord: by order of a fault, or when a countdown is over. */
export interface OwnHand {
  /** Market time of the next; `Infinity`: nothing is due. */
  readonly due: number
  /** Does what is due. */
  ring(now: number): void
  /** Throws a RangeError when the fault means a symbol that is not listed, or too many wait. */
  add(fault: AccountFault): void
}

export interface OwnHandOptions {
  readonly account: Account
  readonly now: () => number
  /** Market ms from a request to when it meets the market. */
  readonly latencyMs: number
  /** The dead man's switch cancels conditional orders too. */
  readonly countdownCoversAlgo: boolean
  readonly expireListenKey: () => void
}

export function createOwnHand(options: OwnHandOptions): OwnHand {
  const { account, now, latencyMs, countdownCoversAlgo } = options
  const { exchange, orders, countdowns } = account
  const waiting = createWaitingFaults<AccountHappening>()

  /** Without anybody's request, and without its latency. */
  function cancelAtOnce(order: OrderRecord): void {
    exchange.cancel(order.coreId as ClientOrderId, order.instrument, epochMs(now() - latencyMs))
  }

  function cancelSilently(idStart: string): void {
    for (const order of [...orders.regular.values(), ...orders.algo.values()]) {
      const [id, open] =
        order.kind === 'algo' ? [order.clientAlgoId, isOpenAlgo(order)] : [order.clientOrderId, isOpenRegular(order)]
      if (!open || !id.startsWith(idStart)) continue
      account.muted.add(order.coreId)
      cancelAtOnce(order)
    }
  }

  function happen(fault: AccountHappening): void {
    switch (fault.kind) {
      case 'expire_listen_key':
        return options.expireListenKey()
      case 'hedge_mode':
        account.hedged = fault.on
        return
      case 'cancel_silently':
        return cancelSilently(fault.client_id)
      case 'force_close': {
        const instrument = exchange.instruments.find(({ symbol }) => symbol === fault.symbol)
        if (instrument) exchange.forceClose(instrument, fault.cause, epochMs(now()))
      }
    }
  }

  return {
    get due() {
      return Math.min(countdowns.due, waiting.due)
    },
    ring(time) {
      for (const fault of waiting.take(time)) happen(fault)
      const open: readonly OrderRecord[] = [
        ...[...orders.regular.values()].filter(isOpenRegular),
        ...(countdownCoversAlgo ? [...orders.algo.values()].filter(isOpenAlgo) : []),
      ]
      for (const instrument of countdowns.take(time))
        for (const order of open) if (order.instrument === instrument) cancelAtOnce(order)
    },
    add(fault) {
      if (fault.kind === 'force_close' && !exchange.instruments.some(({ symbol }) => symbol === fault.symbol))
        throw new RangeError(`${fault.symbol} is not listed`)
      if (fault.after_ms === undefined || fault.after_ms === 0) happen(fault)
      else waiting.add(fault, now() + fault.after_ms)
    },
  }
}
