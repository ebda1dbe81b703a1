// Through another module TypeScript sees all that augments the SDK; the SDK's own exports it may have
// listed before the last augmentation (it does with `export *` and two or more of them).
export type * from '@base44/sdk';
