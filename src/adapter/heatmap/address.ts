import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { failed, ok, type Outcome } from './failure.ts'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Private, link-local (cloud metadata among them), carrier, benchmark, multicast and reserved ranges. */
const internal = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  internal.addSubnet(net, prefix, 'ipv4')
}
for (const [net, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  internal.addSubnet(net, prefix, 'ipv6')
}

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

export const isLoopbackAddress = (address: string): boolean => loopback.check(address, family(address))
export const isInternalAddress = (address: string): boolean => internal.check(address, family(address))

const LOOPBACK_NAMES: readonly string[] = ['localhost', 'ip6-localhost']

/** Where a heatmap may be fetched from: one origin, on this machine or out in the open, nothing in between. */
export interface HeatmapAddress {
  /** Without a slash at its end. */
  readonly base: string
  readonly secure: boolean
  /** Resolves names to permitted addresses only; the connection goes to exactly the address it returns. */
  readonly lookup: LookupFunction
}

function guardedLookup(isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, '', 0)
        return
      }
      const refused = addresses.find(({ address }) => !isAllowed(address))
      const first = addresses[0]
      if (refused || !first) {
        const cause: NodeJS.ErrnoException = new Error(`${hostname} resolves to ${refused?.address ?? 'nothing'}`)
        cause.code = 'ADDRESS_REFUSED'
        callback(cause, '', 0)
        return
      }
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

/**
 * Checks the configured base URL: https, or http to this machine; never an internal network unless the URL itself
 * names the loopback interface.
 */
export function heatmapAddress(url: string): Outcome<HeatmapAddress> {
  if (!URL.canParse(url))
    return failed('BAD_URL', `heatmap.url is not a URL: ${JSON.stringify(url.slice(0, 200))}`, 'permanent')
  const { protocol, hostname, username, password, search, hash, origin, pathname } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const literal = isIP(host) !== 0
  const isLocal = literal ? isLoopbackAddress(host) : LOOPBACK_NAMES.includes(host)
  if (protocol !== 'https:' && protocol !== 'http:')
    return failed('BAD_URL', `heatmap.url must begin with https://, not ${protocol}//`, 'permanent')
  if (username !== '' || password !== '')
    return failed('BAD_URL', 'heatmap.url must not hold a user name or password', 'permanent')
  if (search !== '' || hash !== '') return failed('BAD_URL', 'heatmap.url must end with its path', 'permanent')
  if (protocol === 'http:' && !isLocal)
    return failed('BAD_URL', `heatmap.url must be https for ${host}; plain http is for this machine alone`, 'permanent')
  if (literal && !isLocal && isInternalAddress(host))
    return failed('ADDRESS_REFUSED', `heatmap.url points into an internal network (${host})`, 'permanent')
  return ok({
    base: origin + pathname.replace(/\/+$/, ''),
    secure: protocol === 'https:',
    lookup: guardedLookup(isLocal ? isLoopbackAddress : (address) => !isInternalAddress(address)),
  })
}
