import type { AccountReader } from '../../../src/domain/account-report.ts'
import type { ControlCommand } from '../../../src/server/control/message.ts'
import type { CommandOutcome, ControlTarget } from '../../../src/server/control/target.ts'

/** An account with one position, its two exits and one trade. */
export const reader: AccountReader = {
  status: () => ({
    account: 'embedded-testnet',
    mode: 'testnet',
    source: 'bot',
    as_of: '2026-01-05T10:00:00.000Z',
    trading_state: 'ACTIVE',
    venue: 'ready',
    journal_refuses: null,
    reconciled_at: '2026-01-05T09:59:55.000Z',
    equity: '10012.5',
    wallet: '10000',
    day_pnl: '12.5',
    open_positions: 1,
    open_orders: 2,
    unknown_orders: 0,
    latches: [
      {
        code: 'DRAWDOWN',
        symbol: null,
        since: '2026-01-05T08:00:00.000Z',
        until: '2026-01-06T00:00:00.000Z',
        reason: 'drawdown 10.1 %, limit 10 %',
      },
      {
        code: 'FOREIGN',
        symbol: 'ETHUSDT',
        since: '2026-01-05T09:00:00.000Z',
        until: null,
        reason: 'a foreign order is open',
      },
    ],
    warming_up: [{ symbol: 'ETHUSDT', days_known: 12.5, days_needed: 30 }],
    config_hash: '0123456789abcdef',
  }),
  orders: () => [
    {
      id: 'l0100100000001s000',
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'stop_market',
      leg: 'stop',
      state: 'accepted',
      quantity: '0.01',
      filled: '0',
      price: null,
      trigger_price: '93000',
      reduce_only: true,
      foreign: false,
      trade_id: 't1',
    },
  ],
  positions: () => [
    {
      trade_id: 't1',
      symbol: 'BTCUSDT',
      direction: 'LONG',
      quantity: '0.01',
      entry_price: '94000',
      stop_price: '93000',
      target_price: '96000',
      liquidation_price: '75000.1',
      unrealised_pnl: '12.5',
      protected: true,
      foreign: false,
    },
  ],
  trades: ({ symbol, limit }) =>
    [1, 2, 3]
      .map((n) => ({
        id: `t${n}`,
        symbol: n === 2 ? 'ETHUSDT' : 'BTCUSDT',
        strategy: 'liquidation_hunt',
        direction: 'LONG',
        entry_time: '2026-01-05T01:00:00.000Z',
        entry_price: '94000',
        quantity: '0.01',
        exit_time: '2026-01-05T02:00:00.000Z',
        exit_price: '94500',
        exit_reason: 'target',
        fees: '0.9',
        funding: '0',
        pnl: '4.1',
        r_multiple: 0.41,
      }))
      .filter((trade) => symbol === null || trade.symbol === symbol)
      .slice(-limit),
}

export interface RecordingTarget extends ControlTarget {
  readonly taken: readonly ControlCommand[]
}

/** Takes every command and says what `outcome` says. */
export function recordingTarget(
  outcome: (command: ControlCommand) => Promise<CommandOutcome> | CommandOutcome = () => ({
    kind: 'done',
    orders: 1,
    cancels: 2,
    alerts: ['done'],
  }),
): RecordingTarget {
  const taken: ControlCommand[] = []
  return {
    taken,
    reader,
    submit: async (command) => {
      taken.push(command)
      return outcome(command)
    },
  }
}
