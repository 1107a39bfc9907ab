import type { Wire } from './wire.ts'

/**
 * A wire that does not wait for a lost answer: what may be said twice is said once more when there has been no answer for
 * `silenceMs` of wall time since it left, and whichever answer comes first counts. One that waits for its turn would only
 * take another's by being said again. Sends are as they were.
 */
export const impatient = (wire: Wire, silenceMs: number): Wire => ({
  send: wire.send,
  async ask(priority, request) {
    let timer: NodeJS.Timeout | undefined
    let fallSilent: (isAnswered: false) => void
    const silence = new Promise<false>((resolve) => (fallSilent = resolve))
    const first = wire.ask(priority, {
      ...request,
      isWanted() {
        if (request.isWanted?.() === false) return false
        timer ??= setTimeout(() => fallSilent(false), silenceMs)
        return true
      },
    })
    const ended = first.then(
      () => true,
      () => true,
    )
    const isAnswered = await Promise.race([ended, silence])
    clearTimeout(timer)
    if (isAnswered) return await first
    return await Promise.race([first, wire.ask(priority, request)])
  },
  get inFlight() {
    return wire.inFlight
  },
})
