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
		{"GET", "/projects/{project_id}", reads, getProject},
		{"PATCH", "/projects/{project_id}", writes, updateProject},
		{"DELETE", "/projects/{project_id}", writes, deleteProject},
		{"POST", "/projects/{project_id}/recover", writes, recoverProject},

		{"GET", "/projects/{project_id}/branches", reads, listBranches},
		{"GET", "/projects/{project_id}/branches/count", reads, countBranches},
		{"GET", "/projects/{project_id}/branches/{branch_id}", reads, getBranch},
		{"GET", "/projects/{project_id}/branches/{branch_id}/endpoints", reads, listBranchEndpoints},

		{"GET", "/projects/{project_id}/endpoints", reads, listEndpoints},
		{"GET", "/projects/{project_id}/endpoints/{endpoint_id}", reads, getEndpoint},
		{"PATCH", "/projects/{project_id}/endpoints/{endpoint_id}", writes, updateEndpoint},
		{"POST", "/projects/{project_id}/endpoints/{endpoint_id}/start", writes, startEndpoint},
		{"POST", "/projects/{project_id}/endpoints/{endpoint_id}/suspend", writes, suspendEndpoint},
		{"POST", "/projects/{project_id}/endpoints/{endpoint_id}/restart", writes, restartEndpoint},

		{"GET", "/projects/{project_id}/operations", reads, listOperations},
		{"GET", "/projects/{project_id}/operations/{operation_id}", reads, getOperation},

		{"GET", "/consumption_history/projects", consumes, legacyConsumption},
		{"GET", "/consumption_history/v2/projects", consumes, projectConsumption},
		{"GET", "/consumption_history/v2/branches", consumes, branchConsumption},
	}
}
