import { describe, expect, it } from 'vitest'
import { heatmapAddress, isInternalAddress, isLoopbackAddress } from '../../../../src/adapter/heatmap/address.ts'

const codeOf = (url: string): string => {
  const result = heatmapAddress(url)
  return result.kind === 'ok' ? 'ok' : result.failure.code
}

/** What the guarded lookup says for a name of this machine. */
const resolve = (url: string, name: string, all: boolean): Promise<string> => {
  const result = heatmapAddress(url)
  if (result.kind === 'failed') throw new Error(result.failure.message)
  return new Promise((done) => {
    result.value.lookup(name, { all }, (error, address) => {
      if (error) done(error.code ?? error.message)
      else done(typeof address === 'string' ? address : address.map((a) => a.address).join(' '))
    })
  })
}

describe('the base URL', () => {
  it.each([
    'https://heatmap.example.com',
    'https://heatmap.example.com:8443/base/',
    'http://127.0.0.1:8004',
    'http://127.8.8.8',
    'http://localhost:8004',
    'http://[::1]:8004',
    'https://8.8.8.8',
  ])('%s may be used', (url) => expect(codeOf(url)).toBe('ok'))

  it.each([
    ['', 'BAD_URL'],
    ['heatmap.example.com', 'BAD_URL'],
    ['ftp://heatmap.example.com', 'BAD_URL'],
    ['file:///etc/passwd', 'BAD_URL'],
    ['http://heatmap.example.com', 'BAD_URL'],
    ['http://10.0.0.1', 'BAD_URL'],
    ['https://user:secret@heatmap.example.com', 'BAD_URL'],
    ['https://heatmap.example.com/?a=1', 'BAD_URL'],
    ['https://heatmap.example.com/#a', 'BAD_URL'],
    ['https://10.0.0.1', 'ADDRESS_REFUSED'],
    ['https://192.168.1.1', 'ADDRESS_REFUSED'],
    ['https://172.31.255.255', 'ADDRESS_REFUSED'],
    ['https://169.254.169.254', 'ADDRESS_REFUSED'],
    ['https://0.0.0.0', 'ADDRESS_REFUSED'],
    ['https://[fe80::1]', 'ADDRESS_REFUSED'],
    ['https://[fd00::1]', 'ADDRESS_REFUSED'],
    ['https://[::ffff:10.0.0.1]', 'ADDRESS_REFUSED'],
    ['https://2130706434', 'ok'],
    ['https://167772161', 'ADDRESS_REFUSED'],
  ])('%s: %s', (url, code) => expect(codeOf(url)).toBe(code))

  it('loses the slash at its end', () => {
    const result = heatmapAddress('https://heatmap.example.com/base//')
    expect(result.kind === 'ok' && result.value.base).toBe('https://heatmap.example.com/base')
  })
})

describe('addresses', () => {
  it.each([
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fc00::1',
    'fe80::1',
    '::ffff:192.168.0.1',
    '64:ff9b::a00:1',
  ])('%s is internal', (address) => {
    expect(isInternalAddress(address)).toBe(true)
  })
  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is not', (address) =>
    expect(isInternalAddress(address)).toBe(false),
  )
  it.each([
    ['127.0.0.1', true],
    ['127.255.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['128.0.0.1', false],
    ['::2', false],
  ])('%s is loopback: %s', (address, expected) => expect(isLoopbackAddress(address)).toBe(expected))
})

describe('the lookup', () => {
  it.each([true, false])('refuses a name in the open that leads to this machine (all: %s)', async (all) => {
    expect(await resolve('https://heatmap.example.com', 'localhost', all)).toBe('ADDRESS_REFUSED')
  })
  it.each([true, false])('follows a local name to this machine (all: %s)', async (all) => {
    expect(await resolve('http://localhost:1', 'localhost', all)).toMatch(/127\.0\.0\.1|::1/)
  })
  it('refuses a local configuration that leads anywhere else', async () => {
    expect(await resolve('http://localhost:1', '8.8.8.8', false)).toBe('ADDRESS_REFUSED')
  })
})
