import type { EnvironmentRules } from './environment.ts'

/** A request that would have left for a place it must not go to. It was not sent. */
export class EgressViolation extends Error {
  override readonly name = 'EgressViolation'
}

/** Headers by which the exchanges know who signs, lower case. */
const KEY_HEADERS: ReadonlySet<string> = new Set(['x-mbx-apikey', 'x-bapi-api-key', 'ok-access-key'])

export type Headers = Readonly<Record<string, string>>

const isSigned = (headers: Headers): boolean => Object.keys(headers).some((name) => KEY_HEADERS.has(name.toLowerCase()))

function headerOf(headers: Headers, wanted: string): string | undefined {
  for (const [name, value] of Object.entries(headers)) if (name.toLowerCase() === wanted) return value
  return undefined
}

/** As much of an address as decides whether a request may go there. */
export type Destination = Pick<URL, 'hostname' | 'protocol'>

/** Throws an {@link EgressViolation} unless the request may go where it is going. */
export function assertEgress({ hostname, protocol }: Destination, headers: Headers, rules: EnvironmentRules): void {
  const secure = protocol === 'https:' || protocol === 'wss:'
  const required = rules.requiredHeader
  const signed = isSigned(headers)
  if (signed && (!secure || !rules.signedHosts.includes(hostname)))
    throw new EgressViolation(`a signed request was about to go to ${protocol}//${hostname}`)
  if (!secure || !(rules.signedHosts.includes(hostname) || rules.publicHosts.includes(hostname)))
    throw new EgressViolation(`a request was about to go to ${protocol}//${hostname}`)
  if (required && headerOf(headers, required[0]) !== required[1])
    throw new EgressViolation(
      `a ${signed ? 'signed ' : ''}request to ${hostname} lacked the header ${required[0]}: ${required[1]}`,
    )
}
