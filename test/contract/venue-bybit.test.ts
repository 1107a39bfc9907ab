import { Dec } from '../../src/domain/decimal.ts'
import { startBybitDouble } from '../fixture/double-bybit.ts'
import { stageOf } from '../fixture/double-stage.ts'
import { openScriptedBybit } from '../fixture/scripted-bybit.ts'
import { describeVenue } from './venue-suite.ts'

describeVenue({
  name: 'bybit on a double of its protocol',
  open: async (options) => stageOf(await startBybitDouble(options), openScriptedBybit, new Dec(1)),
})
