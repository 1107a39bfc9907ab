import { EXIT } from './exit-code.ts'

export interface Interrupt {
  /** The signal for orderly stopping; the first call takes over Ctrl-C and SIGTERM. */
  readonly signal: () => AbortSignal
  /** Stops in an orderly way if anyone asked for the signal. False when nobody did. */
  readonly stop: () => boolean
}

export function createInterrupt(): Interrupt {
  let controller: AbortController | undefined
  const onSignal = (): void => {
    if (controller?.signal.aborted === true) process.exit(EXIT.interrupted)
    controller?.abort()
  }
  return {
    signal: () => {
      if (controller === undefined) {
        controller = new AbortController()
        process.on('SIGINT', onSignal)
        process.on('SIGTERM', onSignal)
      }
      return controller.signal
    },
    stop: () => {
      controller?.abort()
      return controller !== undefined
    },
  }
}
