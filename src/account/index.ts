export { AccountSettingDeletion } from './account-constants';
export { DedicatedIpAssignment, type DedicatedIpAssignmentProps } from './dedicated-ip-assignment';
export { AccountMailType, ContactLanguage, type ProductionAccessRequest } from './production-access';
export { type AccountVdm, SesAccount, type SesAccountProps } from './ses-account';
