import type { ExitReason } from '../domain/trade.ts'
import { closingQuantity } from '../domain/instrument.ts'
import type { Instruction } from './instruction.ts'
import { nextLegId, type OpenTrade } from './open-trade.ts'

/**
 * Closes the open quantity at market, reduce-only. The stop stays where it is until the position is flat; an entry that
 * still works is cancelled, and what it fills until then is closed as well. Does nothing when an exit is already on its way.
 */
export function exitAtMarket(trade: OpenTrade, reason: ExitReason, out: Instruction[]): void {
  if (trade.exitId !== null) return
  if (!trade.entryDone) out.push({ kind: 'cancel', id: trade.entryId, instrument: trade.instrument })
  trade.exitReason = reason
  if (!trade.position.gt(0)) return
  trade.exitId = nextLegId(trade, 'exit')
  out.push({
    kind: 'submit',
    request: {
      clientOrderId: trade.exitId,
      instrument: trade.instrument,
      side: trade.exitSide,
      type: 'market',
      quantity: closingQuantity(trade.position, trade.instrument),
      timeInForce: 'IOC',
      reduceOnly: true,
      leg: 'exit',
      tradeId: trade.id,
    },
  })
}
