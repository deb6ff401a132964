"""Order statuses, carriers and custom fields."""
