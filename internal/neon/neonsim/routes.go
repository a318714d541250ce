package neonsim

// routes are what is simulated, by the definition's paths.
func (s *Sim) routes() []route {
	return []route{
		{"GET", "/auth", reads, auth},
		{"GET", "/users/me", reads, user},
		{"GET", "/users/me/organizations", reads, organizations},
		{"GET", "/organizations/{org_id}", reads, organization},
		{"GET", "/regions", reads, regions},

		{"GET", "/projects", reads, listProjects},
		{"POST", "/projects", writes, createProject},
		{"GET", "/projects/shared", reads, sharedProjects},
		{"GET", "/projects/{project_id}", reads, getProject},
		{"PATCH", "/projects/{project_id}", writes, updateProject},
		{"DELETE", "/projects/{project_id}", writes, deleteProject},
		{"POST", "/projects/{project_id}/recover", writes, recoverProject},

		{"GET", "/projects/{project_id}/branches", reads, listBranches},
		{"GET", "/projects/{project_id}/branches/count", reads, countBranches},
		{"GET", "/projects/{project_id}/branches/{branch_id}", reads, getBranch},
		{"GET", "/projects/{project_id}/branches/{branch_id}/endpoints", reads, listBranchEndpoints},

		{"POST", "/projects/{project_id}/branches", writes, createBranch},
		{"PATCH", "/projects/{project_id}/branches/{branch_id}", writes, updateBranch},
		{"DELETE", "/projects/{project_id}/branches/{branch_id}", writes, deleteBranch},
		{"POST", "/projects/{project_id}/branches/{branch_id}/set_as_default", writes, setDefault},
		{"POST", "/projects/{project_id}/branches/{branch_id}/restore", writes, restoreBranch},
		{"POST", "/projects/{project_id}/branches/{branch_id}/finalize_restore", writes, finalizeRestore},
		{"GET", "/projects/{project_id}/branches/{branch_id}/schema", reads, getSchema},
		{"GET", "/projects/{project_id}/branches/{branch_id}/compare_schema", reads, compareSchema},

		{"GET", "/projects/{project_id}/branches/{branch_id}/roles", reads, listRoles},
		{"POST", "/projects/{project_id}/branches/{branch_id}/roles", writes, createRole},
		{"GET", "/projects/{project_id}/branches/{branch_id}/roles/{role_name}", reads, getRole},
		{"DELETE", "/projects/{project_id}/branches/{branch_id}/roles/{role_name}", writes, deleteRole},
		{"GET", "/projects/{project_id}/branches/{branch_id}/roles/{role_name}/reveal_password", reads, revealPassword},
		{"POST", "/projects/{project_id}/branches/{branch_id}/roles/{role_name}/reset_password", writes, resetPassword},

		{"GET", "/projects/{project_id}/branches/{branch_id}/databases", reads, listDatabases},
		{"POST", "/projects/{project_id}/branches/{branch_id}/databases", writes, createDatabase},
		{"GET", "/projects/{project_id}/branches/{branch_id}/databases/{database_name}", reads, getDatabase},
		{"PATCH", "/projects/{project_id}/branches/{branch_id}/databases/{database_name}", writes, updateDatabase},
		{"DELETE", "/projects/{project_id}/branches/{branch_id}/databases/{database_name}", writes, deleteDatabase},
		{"GET", "/projects/{project_id}/connection_uri", reads, connectionURI},

		{"GET", "/projects/{project_id}/snapshots", reads, listSnapshots},
		{"POST", "/projects/{project_id}/branches/{branch_id}/snapshot", writes, takeSnapshot},
		{"PATCH", "/projects/{project_id}/snapshots/{snapshot_id}", writes, renameSnapshot},
		{"DELETE", "/projects/{project_id}/snapshots/{snapshot_id}", writes, deleteSnapshot},
		{"POST", "/projects/{project_id}/snapshots/{snapshot_id}/restore", writes, restoreSnapshot},
		{"GET", "/projects/{project_id}/branches/{branch_id}/backup_schedule", reads, getSchedule},
		{"PUT", "/projects/{project_id}/branches/{branch_id}/backup_schedule", writes, setSchedule},

		{"POST", "/projects/{project_id}/endpoints", writes, createEndpoint},
		{"DELETE", "/projects/{project_id}/endpoints/{endpoint_id}", writes, deleteEndpoint},
		{"GET", "/projects/{project_id}/endpoints", reads, listEndpoints},
		{"GET", "/projects/{project_id}/endpoints/{endpoint_id}", reads, getEndpoint},
		{"PATCH", "/projects/{project_id}/endpoints/{endpoint_id}", writes, updateEndpoint},
		{"POST", "/projects/{project_id}/endpoints/{endpoint_id}/start", writes, startEndpoint},
		{"POST", "/projects/{project_id}/endpoints/{endpoint_id}/suspend", writes, suspendEndpoint},
		{"POST", "/projects/{project_id}/endpoints/{endpoint_id}/restart", writes, restartEndpoint},

		{"GET", "/projects/{project_id}/operations", reads, listOperations},
		{"GET", "/projects/{project_id}/operations/{operation_id}", reads, getOperation},

		{"POST", "/projects/{project_id}/transfer_requests", writes, requestTransfer},
		{"PUT", "/projects/{project_id}/transfer_requests/{request_id}", writes, acceptTransfer},
		{"POST", "/organizations/{source_org_id}/projects/transfer", writes, transferProjects},
		{"GET", "/projects/{project_id}/permissions", reads, listPermissions},
		{"POST", "/projects/{project_id}/permissions", writes, grantPermission},
		{"DELETE", "/projects/{project_id}/permissions/{permission_id}", writes, revokePermission},
		{"GET", "/organizations/{org_id}/billing/spending_limit", reads, getSpendingLimit},
		{"PUT", "/organizations/{org_id}/billing/spending_limit", writes, setSpendingLimit},
		{"DELETE", "/organizations/{org_id}/billing/spending_limit", writes, clearSpendingLimit},

		{"GET", "/consumption_history/projects", consumes, legacyConsumption},
		{"GET", "/consumption_history/v2/projects", consumes, projectConsumption},
		{"GET", "/consumption_history/v2/branches", consumes, branchConsumption},
	}
}
