export { ContactImport, type ContactImportProps } from './contact-import';
export { ImportBucket, type ImportBucketProps } from './import-bucket';
export { SuppressionListBackup, type SuppressionListBackupProps } from './suppression-list-backup';
export { SuppressionListImport, type SuppressionListImportProps } from './suppression-list-import';
