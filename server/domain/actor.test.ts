import { describe, expect, test } from 'vitest'
import { COMMAND_POLICY, mayDo, ROLES, seesEntity, WORKER, type Actor, type CommandName } from './actor.ts'

const person = (role: Actor['role'], entityScope: readonly string[] = ['*']): Actor => ({ name: role, role, entityScope })
const commands = Object.keys(COMMAND_POLICY) as CommandName[]
const may = (role: Actor['role']) => commands.filter((command) => mayDo(person(role), command))

describe('who may do what', () => {
  test('an auditor changes nothing but the log, which says what they read and took along', () => {
    expect(may('auditor')).toEqual(['exportAudit', 'noteReading', 'takeEvidencePack'])
  })

  test('nobody but the service ends a load: a person cannot publish past the controls', () => {
    for (const role of ROLES) {
      expect(may(role).filter((command) => ['publishLoad', 'holdRun', 'failRun', 'recoverRun'].includes(command))).toEqual([])
    }
    expect(mayDo(WORKER, 'publishLoad')).toBe(true)
  })

  test('whoever loads does not open and close periods, and the other way round', () => {
    expect(may('finance_operations')).not.toContain('setPeriodState')
    expect(may('controller')).not.toContain('loadFile')
    expect(may('controller')).toEqual([
      'previewReplay',
      'rehearseReplay',
      'approveBulkReplay',
      'decideRollback',
      'setPeriodState',
      'askReopening',
      'decideReopening',
      'nameStandIn',
      'endStandIn',
      'proposeMapping',
      'decideMapping',
      'decideCorrection',
      'withdrawCorrection',
      'exportAudit',
      'readMentions',
      'signCheckpoint',
      'saveView',
      'assignException',
      'moveException',
      'gradeException',
      'proposeEnding',
      'decideEnding',
      'reopenException',
      'noteException',
      'bringWorkSheet',
      'carryOutWorkSheet',
      'undoTriage',
      'importReconciliation',
      'decideDefinition',
      'compareReconciliation',
      'matchLines',
      'explainBreak',
      'withdrawExplanation',
      'addEvidence',
      'withdrawEvidence',
      'takeEvidencePack',
      'prepareReconciliation',
      'certifyReconciliation',
      'rejectReconciliation',
    ])
  })

  test('only an administrator lets people in', () => {
    expect(ROLES.filter((role) => mayDo(person(role), 'addPerson'))).toEqual(['admin'])
  })
})

test('a person sees the entities of the scope and no others', () => {
  const cara = person('controller', ['DE01', 'FR01'])
  expect(['DE01', 'FR01', 'DE0', 'DE012', '*', ''].map((entity) => seesEntity(cara, entity))).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ])
  expect(seesEntity(person('controller', []), 'DE01')).toBe(false)
  expect(seesEntity(WORKER, 'anything')).toBe(true)
})
