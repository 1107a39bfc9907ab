import { EXIT } from './exit-code.ts'

export interface Interrupt {
  /**
   * The signal for orderly stopping; the first call takes over Ctrl-C, SIGTERM and, unless it is told to live through
   * one, the hangup of a terminal that is lost.
   */
  readonly signal: (hangup?: 'stops' | 'ignored') => AbortSignal
  /** Stops in an orderly way if anyone asked for the signal. False when nobody did. */
  readonly stop: () => boolean
}

/** Within this time the same Ctrl-C may arrive twice: as one of a process group, and passed on by the launcher. */
const ONE_PRESS_MS = 300

/**
 * A second Ctrl-C ends the process. A second SIGTERM does not: supervisors signal every process of a service, so that it
 * arrives directly and through the launcher, and have SIGKILL for whoever does not end.
 */
export function createInterrupt(uptime: () => number = () => performance.now()): Interrupt {
  let controller: AbortController | undefined
  let askedMs = -Infinity
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller === undefined) return
    if (!controller.signal.aborted) {
      askedMs = uptime()
      controller.abort()
    } else if (name === 'SIGINT' && uptime() - askedMs >= ONE_PRESS_MS) process.exit(EXIT.interrupted)
  }
  // Without a terminal none is lost: whoever started the process with nohup wants it to live. Node takes no notice of that.
  const hasTerminal = (): boolean => process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  return {
    signal: (hangup = 'stops') => {
      if (controller === undefined) {
        controller = new AbortController()
        const stopsAtHangup = hangup === 'stops' && hasTerminal()
        process.on('SIGINT', onSignal)
        process.on('SIGTERM', onSignal)
        process.on('SIGHUP', stopsAtHangup ? onSignal : () => undefined)
      }
      return controller.signal
    },
    stop: () => {
      controller?.abort()
      return controller !== undefined
    },
  }
}
