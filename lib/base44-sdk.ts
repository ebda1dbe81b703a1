// TypeScript resolves augmentations of the SDK fully through another module only. It may list the SDK's
// own exports before the last augmentation, which happens with `export *` and several augmentations.
export type * from '@base44/sdk';
