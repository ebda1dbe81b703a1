// `base44-types.ts` imports the SDK through this module, so that TypeScript applies every augmentation.
// Otherwise it may list the SDK's exports before it applies the last one, which happens with `export *`
// and several augmentations.
export type * from '@base44/sdk';
