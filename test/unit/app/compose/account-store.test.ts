import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openAccountStore, type AccountStore } from '../../../../src/app/compose/account-store.ts'
import { scratch } from '../../../fixture/journal-scene.ts'

let place: ReturnType<typeof scratch>
const stores: AccountStore[] = []
beforeEach(() => {
  place = scratch()
  vi.stubEnv('XDG_STATE_HOME', `${place.path}/state`)
})
afterEach(() => {
  for (const store of stores.splice(0)) store.close()
  vi.unstubAllEnvs()
  place.remove()
})

function open(account: string): AccountStore {
  const opened = openAccountStore({
    dataDir: `${place.path}/data`,
    account,
    mode: 'testnet',
    venue: 'binanceusdm',
    configHash: 'c',
    fresh: false,
  })
  if (opened.kind === 'refused') throw new Error(opened.message)
  stores.push(opened.store)
  return opened.store
}

test('two keys of one account exclude each other, those of two accounts do not', () => {
  const first = open('binanceusdm-demo-1111')
  const second = open('binanceusdm-demo-2222')
  expect(first.claim('SgsR')).toBeNull()
  expect(second.claim('SgsR')).toMatch(/SgsR is traded by process \d+ since/)
  expect(second.claim('oCox')).toBeNull()
  first.close()
  stores.shift()
  expect(open('binanceusdm-demo-3333').claim('SgsR')).toBeNull()
})
