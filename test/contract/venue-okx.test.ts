import { Dec } from '../../src/domain/decimal.ts'
import { startOkxDouble } from '../fixture/double-okx.ts'
import { stageOf } from '../fixture/double-stage.ts'
import { openScriptedOkx } from '../fixture/scripted-okx.ts'
import { describeVenue } from './venue-suite.ts'

describeVenue({
  name: 'okx on a double of its protocol',
  open: async (options) => stageOf(await startOkxDouble(options), openScriptedOkx, new Dec(1)),
})
