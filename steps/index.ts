/** Every step type and target kind there is. The registry is made of these lists and nothing else. */
import type { AnyStepType } from '../engine/step.ts';
import type { AnyTargetKind } from '../engine/target.ts';
import { assert } from './assert/step.ts';
import { fileRemove } from './file-remove/step.ts';
import { fileWrite } from './file-write/step.ts';

export const stepTypes: readonly AnyStepType[] = [assert, fileRemove, fileWrite];

export const targetKinds: readonly AnyTargetKind[] = [];
