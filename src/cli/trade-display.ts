import type { PaperSession } from '../app/compose/paper.ts'
import type { EngineEvent } from '../domain/event.ts'
import type { Alert, Effect } from '../domain/effect.ts'
import { isoTime } from '../domain/time.ts'
import type { EpochMs } from '../domain/unit.ts'
import type { Output } from './output.ts'
import { statusScreen } from './status-screen.ts'

const REDRAW_MS = 250
const DECISIONS_KEPT = 8
const HIDE_CURSOR = '\u001B[?25l'
const SHOW_CURSOR = '\u001B[?25h'
const HOME_AND_CLEAR = '\u001B[H\u001B[J'

export interface TradeDisplay {
  observe(event: EngineEvent, effects: readonly Effect[]): void
  alert(alert: Alert, time: EpochMs): void
  close(): void
}

export interface TradeDisplayOptions {
  readonly session: Pick<PaperSession, 'engine' | 'start'>
  /** The mode and the market in a few words, for the head of the screen. */
  readonly title: string
  readonly output: Output
  /** Redraw a screen on stdout; else one line for each thing that happens, on stderr. */
  readonly live: boolean
  readonly speed: number
}

const clock = (time: EpochMs): string => isoTime(time).slice(0, 19).replace('T', ' ')

/** What a person sees while the bot runs. */
export function createTradeDisplay({ session, title, output, live, speed }: TradeDisplayOptions): TradeDisplay {
  const recent: string[] = []
  let drawn = Number.NEGATIVE_INFINITY
  let now = session.start
  const showCursor = (): void => void process.stdout.write(SHOW_CURSOR)
  if (live) {
    process.stdout.write(HIDE_CURSOR)
    // An impatient second Ctrl-C or a defect ends the process without `close`.
    process.once('exit', showCursor)
  }

  function tell(line: string): void {
    recent.push(line)
    if (recent.length > DECISIONS_KEPT) recent.shift()
    if (!live) output.message(line)
  }

  function note(effect: Effect): void {
    if (effect.kind !== 'note') return
    const { note: n } = effect
    if (n.kind === 'trade') {
      const t = n.trade
      tell(
        `${clock(now)}  ${t.symbol} ${t.direction} closed by ${t.exitReason} at ${t.exitPrice.toDecimalPlaces(2)}: ${t.pnl.toFixed(2)} USDT, ${t.rMultiple.toFixed(2)} R`,
      )
    } else if (n.kind === 'decision') {
      const c = n.candidate
      if (n.outcome === 'entered')
        tell(`${clock(now)}  ${n.symbol} ${c.direction} ${n.quantity} ${c.strategy}: ${c.reason}`)
      // Every refusal is counted for the summary; without a screen only entries and exits are worth a line.
      else if (live)
        recent.push(
          `${clock(now)}  ${n.symbol} ${c.direction} ${c.strategy} refused: ${n.refusals.map((r) => r.message).join('; ')}`,
        )
      if (recent.length > DECISIONS_KEPT) recent.shift()
    }
  }

  function draw(): void {
    const wall = performance.now()
    if (wall - drawn < REDRAW_MS) return
    drawn = wall
    const width = process.stdout.columns ?? 100
    const lines = statusScreen({ session, title, now, speed, recent }, output)
    process.stdout.write(HOME_AND_CLEAR + lines.map((line) => clip(line, width)).join('\n') + '\n')
  }

  return {
    observe(event, effects) {
      now = event.time
      for (const effect of effects) note(effect)
      if (live && event.kind === 'price') draw()
    },
    alert({ level, code, message }, time) {
      tell(`${clock(time)}  ${level.toUpperCase()} ${code}: ${message}`)
      if (!live) return
      // At once: it may be that no more prices come.
      drawn = Number.NEGATIVE_INFINITY
      draw()
    },
    close() {
      if (!live || !process.listeners('exit').includes(showCursor)) return
      process.removeListener('exit', showCursor)
      showCursor()
    },
  }
}

// oxlint-disable-next-line no-control-regex
const ANSI = /\u001B\[[0-9;]*m/g

/** Cuts a line to the terminal's width; colours are dropped from one that is too long. */
function clip(line: string, width: number): string {
  const plain = line.replaceAll(ANSI, '')
  return plain.length <= width ? line : `${plain.slice(0, width - 1)}…`
}
