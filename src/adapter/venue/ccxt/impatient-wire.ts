import type { Wire } from './wire.ts'

/**
 * A wire that does not wait for a lost answer: what may be said twice is said once more when there has been no answer for
 * `silenceMs` of wall time, and whichever answer comes first counts. Sends are as they were.
 */
export const impatient = (wire: Wire, silenceMs: number): Wire => ({
  send: wire.send,
  async ask(priority, request) {
    const first = wire.ask(priority, request)
    const ended = first.then(
      () => true,
      () => true,
    )
    let timer: NodeJS.Timeout | undefined
    const silence = new Promise<false>((resolve) => (timer = setTimeout(resolve, silenceMs, false)))
    const isAnswered = await Promise.race([ended, silence])
    clearTimeout(timer)
    if (isAnswered) return await first
    return await Promise.race([first, wire.ask(priority, request)])
  },
  get inFlight() {
    return wire.inFlight
  },
})
