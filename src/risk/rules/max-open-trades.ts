import type { Config } from '../../config/schema.ts'
import { refusal } from '../../domain/refusal.ts'
import { notConfigured, type Rule } from '../rule.ts'

/** Trades open or in flight at once. Under cross margin one, because positions would share a liquidation. */
export function maxOpenTrades(config: Pick<Config, 'risk' | 'exchange'>): Rule {
  const configured = config.risk.maxOpenTrades
  if (configured === null) return notConfigured('risk.max_open_trades')
  const limit = config.exchange.marginMode === 'cross' ? 1 : configured
  return {
    code: 'MAX_OPEN_TRADES',
    needs: 'figures',
    check(_entry, context) {
      if (context.openTrades + 1 <= limit) return undefined
      return refusal('MAX_OPEN_TRADES', `${context.openTrades} trades are open, limit ${limit}`, {
        open: context.openTrades,
        limit,
      })
    },
  }
}
