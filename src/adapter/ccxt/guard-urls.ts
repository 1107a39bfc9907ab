import { EgressViolation } from './egress.ts'
import type { EnvironmentRules } from './environment.ts'

const MAX_DEPTH = 8

/**
 * Walks ccxt's table of addresses and throws an {@link EgressViolation} for one whose host does not belong to the
 * environment: the switch did not do what it says.
 * @param hostname what ccxt will put in place of `{hostname}`
 * @param streamOrigin of the embedded exchange, whose stream addresses are allowed besides
 */
export function guardUrls(
  urls: unknown,
  rules: EnvironmentRules,
  hostname: string | undefined,
  streamOrigin: string | null,
): void {
  const allowed = [...rules.signedHosts, ...rules.publicHosts, ...rules.otherHosts]
  walk(urls, 0)

  function walk(value: unknown, depth: number): void {
    if (depth > MAX_DEPTH) throw new EgressViolation('a table of addresses is nested too deeply')
    if (typeof value === 'string') check(value)
    else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) walk(part, depth + 1)
  }

  function check(text: string): void {
    if (streamOrigin !== null && text.startsWith(`${streamOrigin}/`)) return
    const url = new URL(text.replace('{hostname}', hostname ?? ''))
    if (!allowed.includes(url.hostname))
      throw new EgressViolation(`ccxt's table of addresses names ${url.hostname}, which is outside the environment`)
  }
}

/** Throws an {@link EgressViolation} for a stream that leads out of the environment. */
export function guardStream(url: string, rules: EnvironmentRules, streamOrigin: string | null): void {
  if (streamOrigin !== null) {
    if (url.startsWith(`${streamOrigin}/`)) return
    throw new EgressViolation('a stream was about to leave the embedded exchange')
  }
  const { protocol, hostname } = new URL(url)
  if (protocol !== 'wss:' || !(rules.publicHosts.includes(hostname) || rules.signedHosts.includes(hostname)))
    throw new EgressViolation(`a stream was about to go to ${protocol}//${hostname}`)
}
