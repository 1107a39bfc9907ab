import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import type { Alert, Effect, Note } from '../domain/effect.ts'
import type { EngineEvent } from '../domain/event.ts'
import { isoTime } from '../domain/time.ts'
import type { EpochMs } from '../domain/unit.ts'
import { openLogger, type Logger, type OpenedLogger } from './logger.ts'

/** Writes down what a session does. `at` is the market's time; `time` the wall's. */
export interface SessionLogger {
  begun(facts: Readonly<Record<string, string | number>>): void
  observe(event: EngineEvent, effects: readonly Effect[]): void
  alert(alert: Alert, time: EpochMs): void
  ended(facts: Readonly<Record<string, string | number>>): void
  close(): void
}

const LOG_FILE = 'lodestone.log'

type Write = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/**
 * Opens the log of an account as `log` configures it. Alerts by their level; entries, closed trades, fills and connections
 * at `info`; corrections at `warn`, since somebody should know why the books were wrong; every order, answer and refused
 * decision at `debug`. A file that cannot be opened is told to `warn` and holds nobody up.
 */
export function openSessionLogger(
  { level, file }: Config['log'],
  directory: string,
  warn: (message: string) => void,
): SessionLogger {
  const { logger, lost, close } = opened(level, file ? join(directory, LOG_FILE) : null, warn)
  return {
    begun: (facts) => logger.info({ code: 'begun', ...facts }, 'the session begins'),
    observe(event, effects) {
      told(logger, event)
      for (const effect of effects) done(logger, effect, event.time)
    },
    alert({ level: how, code, message }, time) {
      const write = how === 'critical' ? 'error' : how === 'warning' ? 'warn' : 'info'
      logger[write]({ code, alert: how, at: isoTime(time) }, message)
    },
    ended: (facts) => logger.info({ code: 'ended', ...facts }, 'the session is over'),
    close() {
      close()
      if (lost() > 0) warn(`the log lacks ${lost()} lines that the disk did not take`)
    },
  }
}

function opened(level: Config['log']['level'], file: string | null, warn: (message: string) => void): OpenedLogger {
  try {
    return openLogger({ level, file, stderr: null })
  } catch (error) {
    warn(`${file ?? 'the log'} cannot be written: ${error instanceof Error ? error.message : String(error)}`)
    return openLogger({ level, file: null, stderr: null })
  }
}

function told(logger: Write, event: EngineEvent): void {
  switch (event.kind) {
    case 'order_filled': {
      const { clientOrderId: order, side, liquidity } = event
      const [price, quantity, fee] = [event.price.toFixed(), event.quantity.toFixed(), event.fee.toFixed()]
      const { symbol } = event.instrument
      logger.info(
        { code: 'fill', at: isoTime(event.time), symbol, order, side, price, quantity, fee, liquidity },
        `${symbol} ${side} ${quantity} at ${price}`,
      )
      return
    }
    case 'order_accepted':
    case 'order_triggered':
    case 'order_canceled':
    case 'order_expired':
    case 'order_rejected':
    case 'order_unknown': {
      const reason = 'message' in event ? event.message : 'reason' in event ? event.reason : undefined
      const { clientOrderId: order, instrument, kind } = event
      logger.debug({ code: kind, at: isoTime(event.time), symbol: instrument.symbol, order, reason }, kind)
      return
    }
    case 'connection':
      logger.info(
        { code: 'connection', at: isoTime(event.time), channel: event.channel, state: event.state },
        event.message,
      )
      return
    case 'command':
      logger.info({ code: 'command', at: isoTime(event.time) }, event.command.name)
      return
    default:
  }
}

function done(logger: Write, effect: Effect, time: EpochMs): void {
  const at = isoTime(time)
  switch (effect.kind) {
    case 'submit': {
      const { clientOrderId: order, side, type, leg, tradeId: trade, instrument, reduceOnly } = effect.order
      const quantity = effect.order.quantity.toFixed()
      const [price, trigger] = [effect.order.price?.toFixed(), effect.order.triggerPrice?.toFixed()]
      const { symbol } = instrument
      logger.debug(
        { code: 'submit', at, symbol, order, leg, trade, side, type, quantity, price, trigger, reduceOnly },
        `${symbol} ${leg} ${side} ${quantity}`,
      )
      return
    }
    case 'cancel':
      logger.debug({ code: 'cancel', at, symbol: effect.instrument.symbol, order: effect.clientOrderId }, 'cancel')
      return
    case 'note':
      noted(logger, effect.note, at)
      return
    default:
  }
}

function noted(logger: Write, note: Note['note'], at: string): void {
  switch (note.kind) {
    case 'decision': {
      const { symbol, candidate, quantity, refusals } = note
      const { direction, strategy, reason, stop, target, entry } = candidate
      if (note.outcome === 'entered')
        logger.info({ code: 'entered', at, symbol, direction, strategy, quantity, entry, stop, target }, reason)
      else
        logger.debug(
          { code: 'refused', at, symbol, direction, strategy, refusals: refusals.map((each) => each.code) },
          refusals.map(({ message }) => message).join('; '),
        )
      return
    }
    case 'trade': {
      const { id, symbol, direction, exitReason, pnl, rMultiple } = note.trade
      logger.info(
        { code: 'closed', at, trade: id, symbol, direction, exit_reason: exitReason, pnl: pnl.toFixed(), r: rMultiple },
        `${symbol} ${direction} closed by ${exitReason}`,
      )
      return
    }
    case 'correction':
      logger.warn({ code: note.correction, at, symbol: note.symbol, ...note.figures }, note.message)
      return
    case 'conclusion':
      logger.info({ code: `concluded_${note.state}`, at, symbol: note.symbol, order: note.clientOrderId }, note.message)
      return
    case 'transition':
  }
}
