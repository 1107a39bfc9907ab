import { createWaitingFaults } from './account-fault.ts'
import type { Contracts } from './contracts.ts'
import type { MarketFault, MarketHappening } from './market-fault.ts'

/** What the exchange does to its market by order of a fault. */
export interface MarketHand {
  /** Market time of the next; `Infinity`: nothing is due. */
  readonly due: number
  /** Nobody is served. */
  readonly isShut: boolean
  ring(now: number): void
  /** Throws a RangeError when the fault means a symbol that is not listed or a figure that is none, or too many wait. */
  add(fault: MarketFault): void
}

/** @param shut ends every stream */
export function createMarketHand(contracts: Contracts, now: () => number, shut: () => void): MarketHand {
  const waiting = createWaitingFaults<MarketHappening>()
  let shutUntil = Number.NEGATIVE_INFINITY

  function happen(fault: MarketHappening): void {
    switch (fault.kind) {
      case 'change_filters':
        return contracts.change(fault)
      case 'contract_status':
        return contracts.setStatus(fault.symbol, fault.status)
      case 'maintenance':
        shutUntil = now() + fault.for_ms
        shut()
    }
  }

  return {
    get due() {
      return waiting.due
    },
    get isShut() {
      return now() < shutUntil
    },
    ring(time) {
      for (const fault of waiting.take(time)) happen(fault)
    },
    add(fault) {
      if ('symbol' in fault) contracts.check(fault)
      if (fault.after_ms === undefined || fault.after_ms === 0) happen(fault)
      else waiting.add(fault, now() + fault.after_ms)
    },
  }
}
